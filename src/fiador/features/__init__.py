"""How does a portfolio become SQL? Relations, cleaning, measures, and the statement that computes every feature."""
