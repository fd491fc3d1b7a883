-- +goose Up

-- The pages that may show the challenge under a key, separated by spaces.
ALTER TABLE api_key ADD COLUMN origins TEXT NOT NULL DEFAULT '';
