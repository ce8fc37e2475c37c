// Room PostfixTools.
