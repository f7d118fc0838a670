"""What does each page of the reference say, and which table of the code says it?"""
