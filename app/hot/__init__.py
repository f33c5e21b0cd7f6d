"""Hot state in Redis or Valkey: what is true now. A service that dies lets its data expire."""
