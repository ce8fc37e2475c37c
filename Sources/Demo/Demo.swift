// Room Demo.
