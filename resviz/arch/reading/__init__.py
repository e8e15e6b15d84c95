"""From names and shapes of weights to the architecture behind them."""
