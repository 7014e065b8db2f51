CREATE TABLE `channels` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`format` text NOT NULL,
	`url` text NOT NULL,
	`secret` text,
	`enabled` integer NOT NULL,
	`filter` text NOT NULL,
	`created_us` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `deliveries` (
	`id` text PRIMARY KEY NOT NULL,
	`channel_id` text NOT NULL,
	`type` text NOT NULL,
	`alert_ids` text NOT NULL,
	`body` text NOT NULL,
	`created_us` integer NOT NULL,
	`status` text NOT NULL,
	`attempts` integer NOT NULL,
	`next_attempt_us` integer,
	`finished_us` integer,
	`http_status` integer,
	`error` text,
	`took_us` integer
);
--> statement-breakpoint
CREATE INDEX `deliveries_channel` ON `deliveries` (`channel_id`,`created_us`);--> statement-breakpoint
CREATE INDEX `deliveries_due` ON `deliveries` (`next_attempt_us`) WHERE status = 'pending';--> statement-breakpoint
CREATE TABLE `notifications` (
	`channel_id` text NOT NULL,
	`alert_id` text NOT NULL,
	`event` text NOT NULL,
	`seq` integer NOT NULL,
	`noticed_us` integer NOT NULL,
	`delivery_id` text,
	PRIMARY KEY(`channel_id`, `alert_id`, `event`, `seq`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `notifications_waiting` ON `notifications` (`channel_id`,`noticed_us`) WHERE delivery_id is null;