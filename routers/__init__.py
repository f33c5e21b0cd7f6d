"""The API: what people and bots ask, and how it is answered. Routers only translate."""
