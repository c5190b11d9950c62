"""User after user, as public code of MeLU and learn2learn does it: a functional network on the user's own rows, the
gradient of the support loss as part of the graph, and one backward pass over the sum of the query losses."""

import numpy
import torch
from torch.nn import functional as F

from workload import Peer, start


class Loop(Peer):
    def __init__(self, workload, lookup):
        super().__init__(workload)
        self.lookup_per_user = lookup == "perUser"

    def prepare(self, tasks, dtype):
        sides = []
        for task in tasks:
            for items, labels in ((task.support, task.support_labels), (task.query, task.query_labels)):
                rows = numpy.concatenate([items, numpy.tile(task.user, (len(items), 1))], 1)
                sides.append((torch.tensor(rows), torch.tensor(labels, dtype=dtype)))
        return sides, torch.cat([rows for rows, _ in sides])

    def loss(self, parameters, batch):
        sides, all_rows = batch
        table, layers = parameters[0], parameters[1:]
        if self.lookup_per_user:
            inputs = [F.embedding(rows, table).flatten(1) for rows, _ in sides]
        else:
            # One look-up a batch: less overhead, and one gradient of the table instead of one a user.
            inputs = F.embedding(all_rows, table).flatten(1).split([len(rows) for rows, _ in sides])
        losses = []
        for i in range(0, len(sides), 2):
            fast = self.adapt(layers, inputs[i], sides[i][1])
            losses.append(F.mse_loss(scores(inputs[i + 1], fast), sides[i + 1][1]))
        return torch.stack(losses).mean()

    def adapt(self, fast, inputs, labels):
        for _ in range(self.workload.steps):
            loss = F.mse_loss(scores(inputs, fast), labels)
            gradients = torch.autograd.grad(loss, fast, create_graph=self.workload.second_order)
            fast = [torch.sub(w, g, alpha=self.workload.rate) for w, g in zip(fast, gradients)]
        return fast


def scores(inputs, layers):
    x = torch.relu(torch.addmm(layers[1], inputs, layers[0]))
    x = torch.relu(torch.addmm(layers[3], x, layers[2]))
    return torch.addmm(layers[5], x, layers[4]).squeeze(1)


if __name__ == "__main__":
    start(Loop)
