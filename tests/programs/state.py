"""Methods of objects that keep state."""

import time


class Account:
    total = 0

    def __init__(self):
        self.balance = 0

    def add(self, amount):
        end = time.process_time() + 0.01
        while time.process_time() < end:
            pass
        self.balance += amount
        Account.total += amount

    def report(self):
        return self.balance, Account.total


if __name__ == "__main__":
    accounts = [Account(), Account()]
    for number in range(20):
        accounts[number % 2].add(number)
    print([account.report() for account in accounts])
