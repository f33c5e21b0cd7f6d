"""Order books, exact or in doubt: pure rooms that are told what venues say."""
