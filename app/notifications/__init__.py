"""What people are told, wherever they are: which notes go where, how many together, and how they get there."""
