"""MAML over all layers, all users of a batch at once: beside copies of the weights, each user has the rows of the embedding table
that the own interactions touch, and inputs are looked up in these."""

import numpy
import torch
from torch.nn import functional as F

from padded import Side, per_user, scores, weighted_error
from workload import Peer, start


class Whole(Peer):
    def prepare(self, tasks, dtype):
        sides = [Side([(t.support, t.support_labels) for t in tasks], dtype), Side([(t.query, t.query_labels) for t in tasks], dtype)]
        own = [numpy.unique(numpy.concatenate([t.support.flatten(), t.query.flatten(), t.user])) for t in tasks]
        longest = max(len(rows) for rows in own)
        # Padding repeats a user's last row: nothing looks it up.
        table_rows = torch.tensor(numpy.stack([numpy.pad(rows, (0, longest - len(rows)), "edge") for rows in own]))
        return table_rows, sides, [self.places(side, tasks, own, longest) for side in sides]

    @staticmethod
    def places(side, tasks, own, longest):
        """Where the rows of a side's cells stand among all users' own rows, [B, L, fields]; padding has a user's first row."""
        places = numpy.zeros((*side.rows.shape[:2], side.rows.shape[2] + len(tasks[0].user)), numpy.int64)
        for b, task in enumerate(tasks):
            rows = numpy.concatenate([side.rows[b].numpy(), numpy.tile(task.user, (side.rows.shape[1], 1))], 1)
            found = numpy.minimum(numpy.searchsorted(own[b], rows), len(own[b]) - 1)
            places[b] = found + b * longest
        return torch.tensor(places)

    def loss(self, parameters, batch):
        table, *layers = parameters
        table_rows, (support, query), (support_places, query_places) = batch
        users = len(table_rows)
        rows = F.embedding(table_rows.flatten(), table)
        fast = [rows] + [per_user(w, users) for w in layers]
        for _ in range(self.workload.steps):
            loss = weighted_error(scores(inputs(fast[0], support_places), [], fast[1:]), support).sum()
            gradients = torch.autograd.grad(loss, fast, create_graph=self.workload.second_order)
            fast = [torch.sub(w, g, alpha=self.workload.rate) for w, g in zip(fast, gradients)]
        return weighted_error(scores(inputs(fast[0], query_places), [], fast[1:]), query).sum() / users


def inputs(rows, places):
    """Inputs [B, L, width] of cells at these places."""
    return rows.index_select(0, places.flatten()).view(*places.shape[:2], -1)


if __name__ == "__main__":
    start(Whole)
