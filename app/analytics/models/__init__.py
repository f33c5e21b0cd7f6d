"""Win probability while a game is played: learned from games that were seen, tested on later ones, and kept only if it
is better than the market's own price. What learns runs in a process of its own (`learners`)."""
