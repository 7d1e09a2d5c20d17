"""What participants counts, and how: definitions, and the facts behind them."""
