"""What does fiador keep on a disk, and how is it replaced whole or not at all?"""
