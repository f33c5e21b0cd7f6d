"""What was seen of games that are over, gathered for whoever learns from it: the tapes, what is written of results, and
recordings of the venues and of the score source."""
