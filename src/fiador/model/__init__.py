"""How is a PD learned, compared, calibrated and explained?"""
