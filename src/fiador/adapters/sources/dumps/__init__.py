"""How are tables read out of dumps, without a server?"""
