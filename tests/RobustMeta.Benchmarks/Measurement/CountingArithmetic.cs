using RobustMeta.Engine.Fused.Vectors;
using RobustMeta.Models;
using RobustMeta.Runtime.Vectors;

namespace RobustMeta.Benchmarks.Measurement;

/// <summary>
/// Another arithmetic that also counts what its products do, two operations a multiply-add: matrix products, products of
/// rows and dot products, padding included. What goes element by element is not counted, as in <see cref="UsefulFlops"/>.
/// For one thread.
/// </summary>
/// <param name="inner">What computes.</param>
internal sealed unsafe class CountingArithmetic(Arithmetic<float> inner) : Arithmetic<float>
{
    /// <summary>Operations so far.</summary>
    public double Count { get; private set; }

    public override int Lanes => inner.Lanes;

    public override void Gemm(in Matrix<float> a, in Matrix<float> b, in Matrix<float> c, bool accumulate)
    {
        Count += 2.0 * c.Rows * c.Columns * b.Rows;
        inner.Gemm(a, b, c, accumulate);
    }

    public override void Gram(in Matrix<float> a, in Matrix<float> b, in Matrix<float> c, float alpha, float shift)
    {
        Count += 2.0 * c.Rows * c.Columns * a.Columns;
        inner.Gram(a, b, c, alpha, shift);
    }

    public override float Dot(float* x, float* y, int n)
    {
        Count += 2.0 * n;
        return inner.Dot(x, y, n);
    }

    public override void Scale(float alpha, float* x, float* y, int n) => inner.Scale(alpha, x, y, n);

    public override void AddScaled(float alpha, float* x, float* y, int n) => inner.AddScaled(alpha, x, y, n);

    public override void Add(float* x, float* y, float* z, int n) => inner.Add(x, y, z, n);

    public override void Multiply(float* x, float* y, int n) => inner.Multiply(x, y, n);

    public override void MultiplyStep(float* sign, float leak, float* y, int n) => inner.MultiplyStep(sign, leak, y, n);

    public override void AddProduct(float alpha, float* x, float* y, float* z, int n) =>
        inner.AddProduct(alpha, x, y, z, n);

    public override void OuterProduct(float* r, float* w, float* p, float* result, int rows, int width) =>
        inner.OuterProduct(r, w, p, result, rows, width);

    public override void OuterProductStep(
        float* r,
        float* w,
        float* sign,
        float leak,
        float* result,
        int rows,
        int width
    ) => inner.OuterProductStep(r, w, sign, leak, result, rows, width);

    public override void AddRows(float* r, float* x, float* total, int rows, int width) =>
        inner.AddRows(r, x, total, rows, width);

    public override void Outer(float* r, float alpha, float* w, float* result, int rows, int width, bool accumulate) =>
        inner.Outer(r, alpha, w, result, rows, width, accumulate);

    public override void TwoOuterProducts(
        float alpha,
        float* r,
        float* w,
        float* s,
        float* v,
        float* p,
        float* result,
        int rows,
        int width
    ) => inner.TwoOuterProducts(alpha, r, w, s, v, p, result, rows, width);

    public override void ScaleColumns(float* x, float* r, float* target, int rows, int columns) =>
        inner.ScaleColumns(x, r, target, rows, columns);

    public override void DotColumns(
        float* x,
        float* y,
        float alpha,
        float* r,
        float* target,
        float* sums,
        int rows,
        int columns
    ) => inner.DotColumns(x, y, alpha, r, target, sums, rows, columns);

    public override void ScaleRows(float* r, float* x, float* s, float* y, float* result, int rows, int width) =>
        inner.ScaleRows(r, x, s, y, result, rows, width);

    public override void ColumnProducts(
        float* x,
        float* v,
        float* y,
        float* w,
        float* result,
        int rows,
        int width,
        bool accumulate
    ) => inner.ColumnProducts(x, v, y, w, result, rows, width, accumulate);

    public override void AddColumnDots(float* x, float* y, float* total, int rows, int width)
    {
        Count += 2.0 * rows * width;
        inner.AddColumnDots(x, y, total, rows, width);
    }

    public override void AddPairDots(float* x, float* y, float* target, int rows, int width)
    {
        Count += 2.0 * rows * width;
        inner.AddPairDots(x, y, target, rows, width);
    }

    public override void AddChosen(float* r, float* x, ReadOnlySpan<int> chosen, float* total, int width) =>
        inner.AddChosen(r, x, chosen, total, width);

    public override void SumRows(float* x, ReadOnlySpan<int> chosen, float* total, int width, bool accumulate) =>
        inner.SumRows(x, chosen, total, width, accumulate);

    public override void RowDots(
        float* x,
        float* w,
        float alpha,
        float shift,
        float* target,
        int rows,
        int width,
        bool accumulate
    )
    {
        Count += 2.0 * rows * width;
        inner.RowDots(x, w, alpha, shift, target, rows, width, accumulate);
    }

    public override void Activate(
        Activation activation,
        float* x,
        float* bias,
        float* slope,
        float* curvature,
        int rows,
        int width
    ) => inner.Activate(activation, x, bias, slope, curvature, rows, width);

    public override void Transpose(float* from, int ldFrom, float* to, int ldTo, int rows, int columns) =>
        inner.Transpose(from, ldFrom, to, ldTo, rows, columns);

    public override void AddLookedUp(float* table, int size, int* chosen, float* y, int n) =>
        inner.AddLookedUp(table, size, chosen, y, n);
}
