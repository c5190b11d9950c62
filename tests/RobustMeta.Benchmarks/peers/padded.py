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
        users = torch.tensor(numpy.stack([task.user for task in tasks])).unsqueeze(1)
        support = Side([(task.support, task.support_labels) for task in tasks], dtype)
        query = Side([(task.query, task.query_labels) for task in tasks], dtype)
        rows = [users, support.rows, query.rows]
        if not self.split:
            rows = [torch.cat([side, users.expand(-1, side.shape[1], -1)], 2) for side in rows[1:]]
        return torch.cat([side.flatten() for side in rows]), [side.shape for side in rows], support, query

    def loss(self, parameters, batch):
        table, *layers = parameters
        rows, shapes, support, query = batch
        *own, support_inputs, query_inputs = look_up(table, rows, shapes)
        users = len(support_inputs)
        fast = [per_user(w, users) for w in self.divided(layers, query_inputs.shape[2])]
        for _ in range(self.workload.steps):
            loss = weighted_error(scores(support_inputs, own, fast), support).sum()
            gradients = torch.autograd.grad(loss, fast, create_graph=self.workload.second_order)
            fast = [torch.sub(w, g, alpha=self.workload.rate) for w, g in zip(fast, gradients)]
        return weighted_error(scores(query_inputs, own, fast), query).sum() / users

    def divided(self, layers, item_width):
        """The layers; split inputs have the first weight in two, its user part last."""
        if not self.split:
            return layers
        return [layers[0][:item_width], *layers[1:], layers[0][item_width:]]


class Side:
    """Support or query: rows [B, L, fields], labels and weights [B, L]; a user's weights sum to one, padding has 0."""

    def __init__(self, users, dtype):
        length = max(len(items) for items, _ in users)
        self.rows = torch.zeros(len(users), length, users[0][0].shape[1], dtype=torch.int64)
        self.labels, self.weights = torch.zeros(2, len(users), length, dtype=dtype)
        for b, (items, labels) in enumerate(users):
            self.rows[b, : len(items)] = torch.tensor(items)
            self.labels[b, : len(items)] = torch.tensor(labels, dtype=dtype)
            self.weights[b, : len(items)] = 1 / len(items)


def look_up(table, rows, shapes):
    """Embeddings of several sides, in one look-up: its gradient is as large as the table."""
    parts = F.embedding(rows, table).split([shape.numel() for shape in shapes])
    return [part.view(*shape[:2], -1) for part, shape in zip(parts, shapes)]


def scores(inputs, own, fast):
    """Scores [B, L] of inputs [B, L, width]; own holds the users' part of split inputs, or nothing."""
    first = torch.baddbmm(fast[1], own[0], fast[6]) if own else fast[1]
    x = torch.relu(torch.baddbmm(first, inputs, fast[0]))
    x = torch.relu(torch.baddbmm(fast[3], x, fast[2]))
    return torch.baddbmm(fast[5], x, fast[4]).squeeze(2)


def weighted_error(scores, side):
    return (scores - side.labels).square() * side.weights


def per_user(weight, users):
    """A copy for every user, a view: matrices [B, in, out], biases [B, 1, out]."""
    matrix = weight if weight.dim() == 2 else weight.unsqueeze(0)
    return matrix.unsqueeze(0).expand(users, -1, -1)


if __name__ == "__main__":
    start(Padded)
