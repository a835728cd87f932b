"""One coroutine works while another sleeps; then all wait."""

import asyncio
import time


async def crunch():
    for _ in range(5):
        end = time.process_time() + 0.03
        while time.process_time() < end:
            pass
        await asyncio.sleep(0)
    return "crunched"


async def nap():
    await asyncio.sleep(0.01)
    return "slept"


async def main():
    print(*await asyncio.gather(crunch(), nap()))
    await asyncio.sleep(0.25)


if __name__ == "__main__":
    asyncio.run(main())
