"""Where contracts trade: one folder a venue, one line in `roster`. No other room knows a venue's formats. `paper`
trades at each of them without money."""
