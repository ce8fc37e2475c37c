// Room Changes.
