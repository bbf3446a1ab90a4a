from shop import vault


async def start():
    return await vault.password("db-password")
