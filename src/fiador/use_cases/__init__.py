"""In what order are the steps taken? What each needs from outside is handed to it."""
