"""What lies outside: where tables come from, what computes, what is kept, what is drawn?"""
