"""Tests of the house. This file keeps the name: some libraries bring a package called so, too."""
