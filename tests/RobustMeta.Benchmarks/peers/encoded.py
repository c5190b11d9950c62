"""What peers share whose models encode each item of a batch once: the distinct items, and padded sides that look them up."""

import numpy
import torch
from torch.nn import functional as F


class Batch:
    """Table rows of the distinct items [U, fields] and of the users [B, fields], and both sides."""

    def __init__(self, tasks, dtype, of_context=False):
        supports = [(task.support, task.support_labels) for task in tasks]
        if of_context:
            # What is random in TaNP's context was drawn before the clock starts.
            supports = [(rows[task.context], labels[task.context]) for (rows, labels), task in zip(supports, tasks)]
        queries = [(task.query, task.query_labels) for task in tasks]
        rows = numpy.concatenate([rows for rows, _ in supports + queries])
        distinct, slots = numpy.unique(rows, axis=0, return_inverse=True)
        users = numpy.stack([task.user for task in tasks])
        # One look-up for all: the gradient of each is as large as the table.
        self.rows = torch.tensor(numpy.concatenate([distinct.flatten(), users.flatten()]))
        self.item_shape, self.user_shape = distinct.shape, users.shape
        self.support = Side([labels for _, labels in supports], slots, 0, dtype)
        self.query = Side([labels for _, labels in queries], slots, sum(len(rows) for rows, _ in supports), dtype)

    def embed(self, table):
        """Embedded items [U, D_item] and users [B, D_user]."""
        shapes = [self.item_shape, self.user_shape]
        embedded = F.embedding(self.rows, table).split([count * fields for count, fields in shapes])
        return [part.view(count, fields * table.shape[1]) for part, (count, fields) in zip(embedded, shapes)]


class Side:
    """Support or query, padded to the longest: slots of the items, flat; labels and mask [B, L]; lengths [B]."""

    def __init__(self, labels, slots, start, dtype):
        lengths = [len(own) for own in labels]
        self.shape = (len(labels), max(lengths))
        self.lengths = torch.tensor(lengths, dtype=dtype)
        self.labels, self.mask = torch.zeros(2, *self.shape, dtype=dtype)
        padded = torch.zeros(self.shape, dtype=torch.int64)
        for b, own in enumerate(labels):
            padded[b, : len(own)] = torch.tensor(slots[start : start + len(own)])
            self.labels[b, : len(own)] = torch.tensor(own, dtype=dtype)
            self.mask[b, : len(own)] = 1
            start += len(own)
        self.slots = padded.flatten()
        # Of a mean over users of a mean over their interactions.
        self.weights = self.mask / (self.lengths.unsqueeze(1) * len(labels))

    def at(self, items):
        """Rows [B, L, …] of what stands for each distinct item [U, …]."""
        return items.index_select(0, self.slots).view(*self.shape, -1)


def dense(named, layer, x):
    """x W + b of rows [N, in] or [B, L, in]."""
    weight, bias = named[f"{layer}.weight"], named[f"{layer}.bias"]
    rows = torch.addmm(bias, x.reshape(-1, x.shape[-1]), weight)
    return rows.view(*x.shape[:-1], -1)


def perceptron(named, name, x):
    """Dense layers NAME.0, NAME.1, … with rectifiers between them; the last one is linear."""
    x = dense(named, f"{name}.0", x)
    layer = 1
    while f"{name}.{layer}.weight" in named:
        x = dense(named, f"{name}.{layer}", torch.relu(x))
        layer += 1
    return x
