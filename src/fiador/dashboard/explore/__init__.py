"""Where does one application stand among all that are known? A page of five views, counted by the service."""
