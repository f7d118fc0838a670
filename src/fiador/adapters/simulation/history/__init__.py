"""How is a database with histories drawn: applications, their loans, their months, and the truth behind them?"""
