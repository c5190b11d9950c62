"""EASE, iALS and ItemKNN as they are usually written with NumPy and SciPy, for a matrix of positives.

Standard input: a line with the name of a method for each fit. Standard output: seconds of the clock, seconds of the processor, and the outputs
of the first user for all items (none of iALS, whose factors start at random).

usage: python3 fits.py FOLDER ITEMS FACTORS ROUNDS
"""
import sys
import time

import numpy
import scipy.linalg
import scipy.sparse

folder = sys.argv[1]
items, factors, rounds = map(int, sys.argv[2:5])
starts = numpy.fromfile(f"{folder}/starts", dtype=numpy.int32)
columns = numpy.fromfile(f"{folder}/items", dtype=numpy.int32)
x = scipy.sparse.csr_matrix((numpy.ones(len(columns)), columns, starts), shape=(len(starts) - 1, items))
REGULARIZATION = 100.0
SHRINK = 10.0


def ease():
    gram = (x.T @ x).toarray()
    gram[numpy.diag_indices(items)] += REGULARIZATION
    # The half of a general inverse: the matrix is positive definite.
    factor, _ = scipy.linalg.lapack.dpotrf(gram, lower=1, overwrite_a=1)
    lower, _ = scipy.linalg.lapack.dpotri(factor, lower=1, overwrite_c=1)
    inverse = numpy.tril(lower) + numpy.tril(lower, -1).T
    weights = inverse / -numpy.diag(inverse)
    weights[numpy.diag_indices(items)] = 0
    return lambda: x[0] @ weights


def als():
    regularization, alpha = 5.0, 10.0
    random = numpy.random.default_rng(1)
    of_item = random.normal(size=(items, factors)) / numpy.sqrt(factors)
    transposed = x.T.tocsr()
    for _ in range(rounds):
        of_user = half(x, of_item, regularization, alpha)
        of_item = half(transposed, of_user, regularization, alpha)
    return lambda: numpy.empty((1, 0))


def half(matrix, others, regularization, alpha):
    background = others.T @ others + regularization * numpy.eye(factors)
    solved = numpy.zeros((matrix.shape[0], factors))
    for row in range(matrix.shape[0]):
        own = others[matrix.indices[matrix.indptr[row] : matrix.indptr[row + 1]]]
        if len(own):
            solved[row] = numpy.linalg.solve(background + alpha * (own.T @ own), (alpha + 1) * own.sum(0))
    return solved


def knn():
    gram = (x.T @ x).toarray()
    lengths = numpy.sqrt(numpy.diag(gram))
    divisors = numpy.outer(lengths, lengths) + SHRINK
    similar = gram / divisors
    similar[numpy.diag_indices(items)] = 0
    return lambda: x[0] @ similar


fits = {"EASE": ease, "iALS": als, "ItemKNN": knn}
for line in sys.stdin:
    clock, cpu = time.perf_counter(), time.process_time()
    outputs = fits[line.strip()]()
    took = time.perf_counter() - clock, time.process_time() - cpu
    print(*map(repr, took), *(repr(float(v)) for v in numpy.asarray(outputs()).ravel()), flush=True)
