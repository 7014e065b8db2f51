CREATE TABLE `sightings` (
	`agent_id` integer NOT NULL,
	`environment_id` integer NOT NULL,
	`version_id` integer NOT NULL,
	`model_id` integer NOT NULL,
	`batches` integer NOT NULL,
	`first_us` integer NOT NULL,
	`last_us` integer NOT NULL,
	PRIMARY KEY(`agent_id`, `environment_id`, `version_id`, `model_id`)
);
