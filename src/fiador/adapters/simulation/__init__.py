"""How is a database drawn that looks like a portfolio's own?"""
