CREATE TABLE `tool_marks` (
	`id` integer PRIMARY KEY NOT NULL,
	`tool` text NOT NULL,
	`question` text NOT NULL,
	`answer` text,
	`note` text,
	`by` text NOT NULL,
	`at_us` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `tool_pairs` (
	`day` integer NOT NULL,
	`agent_id` integer NOT NULL,
	`environment_id` integer NOT NULL,
	`first_id` integer NOT NULL,
	`second_id` integer NOT NULL,
	`counts` blob NOT NULL,
	PRIMARY KEY(`day`, `agent_id`, `environment_id`, `first_id`, `second_id`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `tool_resources` (
	`tool_id` integer NOT NULL,
	`root` text NOT NULL,
	`calls` integer NOT NULL,
	PRIMARY KEY(`tool_id`, `root`)
) WITHOUT ROWID;
