CREATE TABLE `batch_stats` (
	`marginal` integer NOT NULL,
	`grain` integer NOT NULL,
	`start` integer NOT NULL,
	`key` integer NOT NULL,
	`stats` blob NOT NULL,
	PRIMARY KEY(`marginal`, `grain`, `start`, `key`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `consumers` (
	`name` text PRIMARY KEY NOT NULL,
	`cursor` integer NOT NULL,
	`version` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `exemplars` (
	`tool_id` integer NOT NULL,
	`day` integer NOT NULL,
	`duration_us` integer NOT NULL,
	`batch_seq` integer NOT NULL,
	`call_index` integer NOT NULL,
	PRIMARY KEY(`tool_id`, `day`, `duration_us`, `batch_seq`, `call_index`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `tool_effects` (
	`tool_id` integer NOT NULL,
	`effect` integer NOT NULL,
	`calls` integer NOT NULL,
	PRIMARY KEY(`tool_id`, `effect`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `tool_stats` (
	`marginal` integer NOT NULL,
	`grain` integer NOT NULL,
	`tool_id` integer NOT NULL,
	`start` integer NOT NULL,
	`key` integer NOT NULL,
	`stats` blob NOT NULL,
	PRIMARY KEY(`marginal`, `grain`, `tool_id`, `start`, `key`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `batches` (
	`seq` integer PRIMARY KEY NOT NULL,
	`batch_key` blob NOT NULL,
	`run_key` blob,
	`started_at_us` integer NOT NULL,
	`received_at_us` integer NOT NULL,
	`agent_id` integer NOT NULL,
	`environment_id` integer NOT NULL,
	`version_id` integer,
	`model_id` integer,
	`signature_id` integer NOT NULL,
	`slowest_tool_id` integer,
	`mode` integer,
	`source` integer NOT NULL,
	`evidence` integer NOT NULL,
	`provisional` integer NOT NULL,
	`revision` integer NOT NULL,
	`size` integer NOT NULL,
	`wall_us` integer,
	`serialization` real,
	`outcome_mask` integer NOT NULL,
	`retracted_by` integer,
	`body` blob NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `batches_key` ON `batches` (`batch_key`) WHERE retracted_by is null;--> statement-breakpoint
CREATE INDEX `batches_started` ON `batches` (`started_at_us`);--> statement-breakpoint
CREATE INDEX `batches_run` ON `batches` (`run_key`) WHERE run_key is not null;--> statement-breakpoint
CREATE INDEX `batches_signature` ON `batches` (`signature_id`,`started_at_us`);--> statement-breakpoint
CREATE INDEX `batches_wall` ON `batches` (`wall_us`);--> statement-breakpoint
CREATE INDEX `batches_serialization` ON `batches` (`serialization`);--> statement-breakpoint
CREATE INDEX `batches_size` ON `batches` (`size`);--> statement-breakpoint
CREATE TABLE `counters` (
	`name` text PRIMARY KEY NOT NULL,
	`value` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `dimensions` (
	`id` integer PRIMARY KEY NOT NULL,
	`kind` text NOT NULL,
	`value` text NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `dimensions_value` ON `dimensions` (`kind`,`value`);--> statement-breakpoint
CREATE TABLE `retractions` (
	`seq` integer PRIMARY KEY NOT NULL,
	`batch_seq` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `signature_tools` (
	`tool_id` integer NOT NULL,
	`signature_id` integer NOT NULL,
	PRIMARY KEY(`tool_id`, `signature_id`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `signatures` (
	`id` integer PRIMARY KEY NOT NULL,
	`tools` text NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `signatures_tools` ON `signatures` (`tools`);--> statement-breakpoint
CREATE TABLE `mode_revisions` (
	`revision` integer PRIMARY KEY NOT NULL,
	`at_us` integer NOT NULL,
	`set_by` text NOT NULL,
	`action` text NOT NULL,
	`reason` text,
	`summary` text NOT NULL,
	`before` text NOT NULL,
	`after` text NOT NULL,
	`previous_hash` text NOT NULL,
	`hash` text NOT NULL
);
