"""How is a figure drawn? As HTML and CSS: it follows the theme, fits a phone, and needs no library to be sent."""
