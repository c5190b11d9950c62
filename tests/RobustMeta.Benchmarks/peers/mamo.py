"""MAMO of ratings, all users of a batch at once: networks of user and item that a matrix of each user's own joins, started from
memories that the batch reads with attention and writes at its end."""

import torch
from torch.nn import functional as F

from encoded import Batch
from padded import per_user
from workload import Peer, start

OWN = [f"usernet.{layer}.{kind}" for layer in (0, 1) for kind in ("weight", "bias")]
REST = [f"{name}.{layer}.{kind}" for name in ("itemnet", "recommender") for layer in (0, 1) for kind in ("weight", "bias")]


class Mamo(Peer):
    def __init__(self, workload):
        super().__init__(workload)
        settings = workload.settings
        self.memory_step = float(settings["memoryStep"])
        self.rates = [float(settings[key]) for key in ("alphaMem", "betaMem", "gammaMem")]
        self.memories = {}

    def prepare(self, tasks, dtype):
        batch = Batch(tasks, dtype)
        batch.fractions = batch.support.mask / batch.support.lengths.unsqueeze(1)
        return batch

    def loss(self, parameters, batch):
        named = dict(zip(self.workload.layer_names(), parameters[1:]))
        memories = self.memories_of(parameters[0].dtype)
        items, profiles = batch.embed(parameters[0])
        users = len(profiles)
        with torch.no_grad():
            profile_memory = memories["memory.profile"]
            lengths = profiles.norm(dim=1, keepdim=True) * profile_memory.norm(dim=1)
            attention = (profiles @ profile_memory.t() / lengths.clamp_min(1e-8)).softmax(1)
        fast = self.initial(named, memories, attention, users)
        support, query = batch.support.at(items), batch.query.at(items)
        profiles = profiles.unsqueeze(1)
        for _ in range(self.workload.steps):
            loss = ((scores(fast, profiles, support) - batch.support.labels).square() * batch.fractions).sum()
            gradients = torch.autograd.grad(loss, fast, create_graph=self.workload.second_order)
            fast = [torch.sub(w, g, alpha=self.workload.rate) for w, g in zip(fast, gradients)]
        errors = (scores(fast, profiles, query) - batch.query.labels).square()
        total = (errors * batch.query.weights).sum()
        # Weights are of a mean over users; memories take each user's own mean.
        own = torch.autograd.grad(total, fast[:4], retain_graph=True)
        self.write(memories, attention, profiles.detach(), [users * g for g in own], fast[-1].detach())
        return total

    def memories_of(self, dtype):
        if dtype not in self.memories:
            self.memories[dtype] = {name: torch.tensor(values, dtype=dtype) for name, values in self.workload.state.items()}
        return self.memories[dtype]

    def initial(self, named, memories, attention, users):
        moved = []
        for name in OWN:
            memory = memories[f"memory.{name}"]
            read = (attention @ memory.flatten(1)).view(users, -1, memory.shape[-1])
            moved.append(torch.sub(per_user(named[name], users), read, alpha=self.memory_step))
        join = memories["memory.join"]
        read = (attention @ join.flatten(1)).view(users, *join.shape[1:]).requires_grad_()
        return moved + [per_user(named[name], users) for name in REST] + [read]

    def write(self, memories, attention, profiles, gradients, joins):
        alpha, beta, gamma = self.rates
        users = len(attention)
        later = torch.arange(users - 1, -1, -1, dtype=attention.dtype).unsqueeze(1)
        for name, content, rate in [("profile", profiles, alpha)] + [(name, g, beta) for name, g in zip(OWN, gradients)]:
            memory = memories[f"memory.{name}"]
            written = (rate * (1 - rate) ** later * attention).t() @ content.flatten(1)
            memories[f"memory.{name}"] = written.view(memory.shape) + (1 - rate) ** users * memory
        shares = gamma * attention
        left = (1 - shares).flip(0).cumprod(0).flip(0)
        kept = torch.cat([left[1:], torch.ones_like(left[:1])])
        join = memories["memory.join"]
        memories["memory.join"] = ((shares * kept).t() @ joins.flatten(1)).view(join.shape) + left[0].view(-1, 1, 1) * join


def scores(fast, profiles, items):
    """Scores [B, L] of embedded items [B, L, D]; the user's half of the join meets one row a user."""
    person, things = layers(fast[:4], profiles), layers(fast[4:8], items)
    of_person, of_things = fast[-1].chunk(2, 1)
    joined = torch.baddbmm(torch.bmm(person, of_person), things, of_things)
    x = leaky(torch.baddbmm(fast[9], joined, fast[8]))
    return torch.baddbmm(fast[11], x, fast[10]).squeeze(2)


def layers(fast, x):
    return leaky(torch.baddbmm(fast[3], leaky(torch.baddbmm(fast[1], x, fast[0])), fast[2]))


def leaky(x):
    return F.leaky_relu(x, 0.1)


if __name__ == "__main__":
    start(Mamo)
