"""A venue that exists in tests alone: as small as one can be. See CONTRIBUTING.md."""
