CREATE TABLE `alert_actions` (
	`id` integer PRIMARY KEY NOT NULL,
	`alert_id` text NOT NULL,
	`at_us` integer NOT NULL,
	`action` text NOT NULL,
	`by` text NOT NULL,
	`note` text,
	`until_us` integer
);
--> statement-breakpoint
CREATE INDEX `alert_actions_alert` ON `alert_actions` (`alert_id`,`id`);--> statement-breakpoint
CREATE TABLE `alert_events` (
	`alert_id` text NOT NULL,
	`seq` integer NOT NULL,
	`event` text NOT NULL,
	`at_us` integer NOT NULL,
	PRIMARY KEY(`alert_id`, `seq`, `event`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `alerts` (
	`id` text PRIMARY KEY NOT NULL,
	`identity` text NOT NULL,
	`kind` text NOT NULL,
	`agent` text NOT NULL,
	`environment` text NOT NULL,
	`key` text NOT NULL,
	`onset_us` integer NOT NULL,
	`detected_us` integer NOT NULL,
	`confirmed_us` integer NOT NULL,
	`resolved_us` integer,
	`first_bad_version` text,
	`first_bad_model` text,
	`parent_id` text,
	`reopened` integer NOT NULL,
	`detected_seq` integer NOT NULL,
	`evidence` text NOT NULL
);
--> statement-breakpoint
CREATE INDEX `alerts_identity` ON `alerts` (`identity`,`detected_seq`);--> statement-breakpoint
CREATE INDEX `alerts_detected` ON `alerts` (`detected_us`,`id`);--> statement-breakpoint
CREATE INDEX `alerts_agent` ON `alerts` (`agent`,`detected_us`,`id`);--> statement-breakpoint
CREATE INDEX `alerts_parent` ON `alerts` (`parent_id`);--> statement-breakpoint
CREATE INDEX `alerts_current` ON `alerts` (`detected_us`,`id`) WHERE resolved_us is null;--> statement-breakpoint
CREATE TABLE `detector_states` (
	`key` text PRIMARY KEY NOT NULL,
	`used` integer NOT NULL,
	`body` text NOT NULL
) WITHOUT ROWID;
