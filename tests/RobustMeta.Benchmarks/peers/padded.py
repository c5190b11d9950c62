"""All users of a batch at once: a copy of every weight for each user, supports padded to the longest, `baddbmm`."""

import numpy
import torch
from torch.nn import functional as F

from workload import Peer, start


class Padded(Peer):
    def __init__(self, workload, inputs):
        super().__init__(workload)
        # The user's part of the input is the same in all rows: 'split' multiplies it by its weights once a user.
        self.split = inputs == "split"

    def prepare(self, tasks, dtype):
        users = torch.tensor(numpy.stack([task.user for task in tasks]))
        support = pad([(task.support, task.support_labels) for task in tasks], users, self.split, dtype)
        query = pad([(task.query, task.query_labels) for task in tasks], users, self.split, dtype)
        return users.unsqueeze(1), support, query

    def loss(self, parameters, batch):
        table, *layers = parameters
        users, support, query = batch
        own = F.embedding(users, table).flatten(2) if self.split else None
        support_inputs = F.embedding(support[0], table).flatten(2)
        query_inputs = F.embedding(query[0], table).flatten(2)
        fast = [per_user(w, len(users)) for w in self.divided(layers, query_inputs.shape[2])]
        for _ in range(self.workload.steps):
            loss = weighted_error(self.scores(support_inputs, own, fast), support).sum()
            exact = self.workload.second_order
            gradients = torch.autograd.grad(loss, fast, create_graph=exact, retain_graph=True)
            fast = [torch.sub(w, g, alpha=self.workload.rate) for w, g in zip(fast, gradients)]
        return weighted_error(self.scores(query_inputs, own, fast), query).sum() / len(users)

    def divided(self, layers, item_width):
        """The layers; split inputs have the first weight in two, its user part last."""
        if not self.split:
            return layers
        return [layers[0][:item_width], *layers[1:], layers[0][item_width:]]

    def scores(self, inputs, own, fast):
        first = torch.baddbmm(fast[1], own, fast[6]) if self.split else fast[1]
        x = torch.relu(torch.baddbmm(first, inputs, fast[0]))
        x = torch.relu(torch.baddbmm(fast[3], x, fast[2]))
        return torch.baddbmm(fast[5], x, fast[4]).squeeze(2)


def pad(sides, users, split, dtype):
    """Rows [B, L, fields], labels and weights [B, L]; the weights of a user sum to one, padding has none."""
    length = max(len(items) for items, _ in sides)
    rows = torch.zeros(len(sides), length, sides[0][0].shape[1], dtype=torch.int64)
    labels, weights = torch.zeros(2, len(sides), length, dtype=dtype)
    for b, (items, values) in enumerate(sides):
        rows[b, : len(items)] = torch.tensor(items)
        labels[b, : len(items)] = torch.tensor(values, dtype=dtype)
        weights[b, : len(items)] = 1 / len(items)
    if not split:
        rows = torch.cat([rows, users.unsqueeze(1).expand(-1, length, -1)], 2)
    return rows, labels, weights


def weighted_error(scores, side):
    _, labels, weights = side
    return (scores - labels).square() * weights


def per_user(weight, users):
    """A copy for every user, a view: matrices [B, in, out], biases [B, 1, out]."""
    matrix = weight if weight.dim() == 2 else weight.unsqueeze(0)
    return matrix.unsqueeze(0).expand(users, -1, -1)


if __name__ == "__main__":
    start(Padded)
