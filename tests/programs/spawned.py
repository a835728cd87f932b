"""Work in a process that multiprocessing spawns: the child imports this file once more."""

import multiprocessing
import time


class Task:
    def __init__(self, number):
        self.number = number


def in_spawned(task, answers):
    end = time.process_time() + 0.3
    while time.process_time() < end:
        pass
    answers.put(task.number + 1)


if __name__ == "__main__":
    context = multiprocessing.get_context("spawn")
    answers = context.Queue()
    process = context.Process(target=in_spawned, args=(Task(41), answers))
    process.start()
    print(answers.get())
    process.join()
