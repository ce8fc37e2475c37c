// EditingTests
