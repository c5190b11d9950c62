"""The workload that the C# program wrote, and the conversation with it: what all PyTorch peers share.

One line in, one JSON line out:
    check PATH TYPE   loss and gradient of the first batch (random order) in float32 or float64; gradient to PATH
    run N             N passes over the batches
The end of the input ends the peer.
"""

import json
import re
import resource
import struct
import sys
import time

import numpy
import torch

TYPES = {"F32": numpy.float32, "F64": numpy.float64}


def read_safetensors(path):
    """Arrays by name, and the metadata, of a safetensors file."""
    with open(path, "rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        header = json.loads(file.read(length))
        data = file.read()
    metadata = header.pop("__metadata__")
    arrays = {}
    for name, entry in header.items():
        start, end = entry["data_offsets"]
        arrays[name] = numpy.frombuffer(data[start:end], TYPES[entry["dtype"]]).reshape(entry["shape"])
    return arrays, metadata


def write_safetensors(path, arrays):
    """Writes arrays of 32-bit or 64-bit numbers."""
    names = {numpy.dtype(kind): name for name, kind in TYPES.items()}
    header, blocks, offset = {"__metadata__": {}}, [], 0
    for name, values in arrays.items():
        block = numpy.ascontiguousarray(values).tobytes()
        header[name] = {"dtype": names[values.dtype], "shape": list(values.shape), "data_offsets": [offset, offset + len(block)]}
        blocks.append(block)
        offset += len(block)
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + b"".join(blocks))


class Task:
    """One user: identity, rows of the embedding table, one column a field, and labels. TaNP's have places of the context among
    the support, and the noise of the latent variable."""

    def __init__(self, identity, user, support, support_labels, query, query_labels):
        self.identity, self.user, self.support, self.query = identity, user, support, query
        self.support_labels, self.query_labels = support_labels, query_labels
        self.context = self.noise = None


class Workload:
    """Tasks, batches and initial parameters."""

    def __init__(self, path):
        arrays, metadata = read_safetensors(path)
        self.model, self.settings = metadata["model"], json.loads(metadata["settings"])
        self.steps = int(self.settings.get("innerSteps", 0))
        self.rate = float(self.settings.get("localLr", 0))
        self.second_order = self.settings.get("order") == "second"
        self.adam_rate = float(metadata["adamRate"])
        self.batch_size = int(metadata["batch"])
        self.initial = {k[len("parameter.") :]: v for k, v in arrays.items() if k.startswith("parameter.")}
        self.state = {k[len("state.") :]: v for k, v in arrays.items() if k.startswith("state.")}
        self.item_tables = [f"item.{field}" for field in json.loads(metadata["itemFields"])]
        # Some models do not look at users.
        self.user_tables = [f"user.{field}" for field in json.loads(metadata["userFields"])]
        self.user_tables = [name for name in self.user_tables if name in self.initial]
        # One table of all fields, below one another: a single look-up embeds everything.
        self.tables = self.item_tables + self.user_tables
        sizes = [self.initial[name].shape[0] for name in self.tables]
        self.starts = numpy.cumsum([0] + sizes)
        self.tasks = self._tasks(arrays)
        self.orders = {order: arrays[f"order.{order}"].astype(int) for order in ("random", "bucketed")}

    def _tasks(self, arrays):
        fields = [arrays[f"tokens.{name}"].astype(numpy.int64) + s for name, s in zip(self.tables, self.starts)]
        items = numpy.stack(fields[: len(self.item_tables)], 1)
        own = fields[len(self.item_tables) :]
        users = numpy.stack(own, 1) if own else None
        tasks = []
        for t, user in enumerate(arrays["users"].astype(int)):
            sides = []
            for side in ("support", "query"):
                start, end = arrays[f"{side}.offsets"].astype(int)[t : t + 2]
                sides.append(items[arrays[f"{side}.items"][start:end].astype(int)])
                sides.append(arrays[f"{side}.labels"][start:end])
            identity = int(arrays["identity"][user])
            tasks.append(Task(identity, numpy.zeros(0, numpy.int64) if users is None else users[user], *sides))
        if "noise" in arrays:
            self._draw(tasks, arrays)
        return tasks

    def _draw(self, tasks, arrays):
        starts, places = arrays["context.offsets"].astype(int), arrays["context.places"].astype(int)
        for task, start, end, noise in zip(tasks, starts, starts[1:], arrays["noise"]):
            task.context, task.noise = places[start:end], noise

    def batches(self, order):
        """Lists of tasks, in the given order."""
        tasks = [self.tasks[t] for t in self.orders[order]]
        return [tasks[i : i + self.batch_size] for i in range(0, len(tasks), self.batch_size)]

    def parameters(self, dtype):
        """The embedding table, and weights and biases of the layers, as leaves."""
        table = numpy.concatenate([self.initial[name] for name in self.tables])
        layers = [self.initial[name] for name in self.layer_names()]
        return [torch.tensor(values, dtype=dtype).requires_grad_() for values in [table] + layers]

    def layer_names(self):
        """Names of all parameters but the tables, layer by layer, each weight before its bias."""
        names = [name for name in self.initial if name not in self.tables]
        return sorted(names, key=lambda name: (name.rpartition(".")[0], name.endswith("bias"), name))

    def named_gradients(self, parameters):
        """Gradients by the names that the C# program gives the parameters; zero where nothing is learned."""
        gradients = [torch.zeros_like(p) if p.grad is None else p.grad for p in parameters]
        table = gradients[0]
        rows = zip(self.tables, self.starts, self.starts[1:])
        named = {name: table[start:end] for name, start, end in rows}
        named.update(zip(self.layer_names(), gradients[1:]))
        return {name: gradient.numpy() for name, gradient in named.items()}


class Peer:
    """A way to compute the meta-gradient; subclasses say how to prepare a batch and what its loss is."""

    def __init__(self, workload):
        self.workload = workload

    def prepare(self, tasks, dtype):
        """Everything about a batch that does not depend on parameters."""
        raise NotImplementedError

    def loss(self, parameters, batch):
        """Mean over users of the mean query loss after adaptation."""
        raise NotImplementedError

    def losses(self, parameters, batch):
        """What is minimised, and the mean query loss, which is all of it in most models."""
        loss = self.loss(parameters, batch)
        return loss, loss

    def parameters(self, dtype):
        """What is learned, as leaves."""
        return self.workload.parameters(dtype)

    def named_gradients(self, parameters):
        """Gradients by the names that the C# program gives the parameters."""
        return self.workload.named_gradients(parameters)

    def backward(self, parameters, batch):
        for parameter in parameters:
            parameter.grad = None
        objective, loss = self.losses(parameters, batch)
        objective.backward()
        return loss

    def check(self, path, dtype):
        parameters = self.parameters(dtype)
        loss = self.backward(parameters, self.prepare(self.workload.batches("random")[0], dtype))
        gradients = self.named_gradients(parameters)
        write_safetensors(path, gradients)
        norm = sum(float((g.astype(float) ** 2).sum()) for g in gradients.values()) ** 0.5
        return {"loss": float(loss), "gradientNorm": norm}

    def serve(self, order, adam):
        """Answers the lines of the standard input."""
        parameters = self.parameters(torch.float32)
        optimizer = torch.optim.Adam(parameters, lr=self.workload.adam_rate, foreach=True) if adam else None
        batches = [(len(b), self.prepare(b, torch.float32)) for b in self.workload.batches(order)]
        answer(ready=True, version=f"PyTorch {torch.__version__}", blas=blas_libraries(), capability=capability())
        for line in sys.stdin:
            command, *arguments = line.split()
            if command == "check":
                answer(**self.check(arguments[0], getattr(torch, arguments[1])))
            elif command == "run":
                answer(**self.run(int(arguments[0]), parameters, batches, optimizer))
            else:
                raise ValueError(f"Unknown command '{command}'; expected check or run.")

    def run(self, passes, parameters, batches, optimizer):
        users, total = 0, 0.0
        wall, cpu = time.perf_counter(), time.process_time()
        for _ in range(passes):
            for count, batch in batches:
                total += count * float(self.backward(parameters, batch).detach())
                users += count
                if optimizer:
                    optimizer.step()
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
        return {"users": users, "wall": wall, "cpu": cpu, "peakBytes": peak, "loss": total / users}


def answer(**values):
    print(json.dumps(values), flush=True)


def capability():
    """Instruction set of PyTorch's own kernels."""
    found = re.search(r"CPU capability usage: (\S+)", torch.__config__.show())
    return found.group(1) if found else "unknown"


def blas_libraries():
    """Names of the loaded libraries that look like a BLAS."""
    try:
        with open("/proc/self/maps") as maps:
            paths = {line.split()[-1] for line in maps if re.search(r"blas|mkl|blis", line)}
    except FileNotFoundError:
        return "unknown"
    return ", ".join(sorted(path.rsplit("/", 1)[-1] for path in paths)) or "unknown"


def start(peer):
    """Runs a peer as a program: WORKLOAD ORDER ADAM [the peer's own arguments]."""
    torch.set_num_threads(1)
    path, order, adam, *own = sys.argv[1:]
    peer(Workload(path), *own).serve(order, adam == "true")
