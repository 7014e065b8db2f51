CREATE TABLE `assembled` (
	`batch_key` blob PRIMARY KEY NOT NULL,
	`component` integer NOT NULL,
	`state` integer NOT NULL,
	`revision` integer NOT NULL,
	`position` integer,
	`content_hash` blob NOT NULL,
	`spans` text NOT NULL,
	`first_received_us` integer NOT NULL,
	`changed_ms` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `assembled_component` ON `assembled` (`component`);--> statement-breakpoint
CREATE INDEX `assembled_waiting` ON `assembled` (`state`,`changed_ms`);--> statement-breakpoint
CREATE TABLE `components` (
	`id` integer PRIMARY KEY NOT NULL,
	`parent` integer,
	`spans` integer NOT NULL,
	`bytes` integer NOT NULL,
	`is_recognised` integer NOT NULL,
	`dirty_since_ms` integer,
	`last_span_ms` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `components_parent` ON `components` (`parent`);--> statement-breakpoint
CREATE INDEX `components_dirty` ON `components` (`dirty_since_ms`);--> statement-breakpoint
CREATE INDEX `components_last` ON `components` (`last_span_ms`);--> statement-breakpoint
CREATE TABLE `secrets` (
	`name` text PRIMARY KEY NOT NULL,
	`value` text NOT NULL
);
--> statement-breakpoint
CREATE TABLE `span_keys` (
	`key` text PRIMARY KEY NOT NULL,
	`component` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `span_keys_component` ON `span_keys` (`component`);--> statement-breakpoint
CREATE TABLE `span_receipts` (
	`id` integer PRIMARY KEY NOT NULL,
	`dialect` text NOT NULL,
	`scope` text NOT NULL,
	`span_name` text NOT NULL,
	`missing` text NOT NULL,
	`spans` integer NOT NULL,
	`last_seen_ms` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `span_receipts_what` ON `span_receipts` (`dialect`,`scope`,`span_name`);--> statement-breakpoint
CREATE TABLE `spans` (
	`id` integer PRIMARY KEY NOT NULL,
	`span_key` blob NOT NULL,
	`component` integer NOT NULL,
	`facts` text NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `spans_key` ON `spans` (`span_key`);--> statement-breakpoint
CREATE INDEX `spans_component` ON `spans` (`component`);--> statement-breakpoint
CREATE TABLE `superseded` (
	`batch_key` blob PRIMARY KEY NOT NULL,
	`by_key` blob,
	`at_ms` integer NOT NULL
);
