"""History in Postgres: what was, and what people entered. SQLModel owns the schema and the reads."""
