/// Copies of embedding rows for each user, against the encoder that all users share.
module RobustMeta.Tests.Models.OwnRowsTests

open System.Collections.Generic
open System.Collections.Immutable
open Expecto
open RobustMeta.Models
open RobustMeta.Models.Layers
open TorchSharp

let private f64 = torch.ScalarType.Float64

/// Five entities with a token, a bag (one of them empty, one with a token twice) and a number.
let private fields: ImmutableArray<InputField> =
    let array (values: int list) = ImmutableArray.CreateRange values

    ImmutableArray.Create<InputField>(
        TokenField("id", 6, array [ 0..5 ], array [ 1; 2; 3; 4; 5 ]),
        TokenField("genre", 4, array [ 0; 2; 2; 3; 6; 7 ], array [ 1; 3; 2; 1; 1; 3; 0 ]),
        NumericField("year", ImmutableArray.Create(0.5f, -1.0f, 2.0f, 0.0f, 1.5f))
    )

let private lists (ofUsers: int list list) =
    let starts = List.scan (fun at (own: int list) -> at + own.Length) 0 ofUsers
    EntityLists(ImmutableArray.CreateRange starts, ImmutableArray.CreateRange(List.concat ofUsers))

let private support = lists [ [ 0; 3 ]; [ 1 ]; [ 4; 2; 0 ] ]
let private query = lists [ [ 3; 1 ]; [ 2; 4 ]; [ 0 ] ]

let private tables () =
    let table (rows: int) =
        torch.tensor([| for i in 1 .. rows * 3 -> sin (float i) |]).reshape(int64 rows, 3L).requires_grad_()

    dict [ "item.id", table 6; "item.genre", table 4 ] |> Dictionary

/// Rows of the entities of user b as the shared encoder has them.
let private shared theta (list: EntityLists) b : torch.Tensor =
    let own = ImmutableArray.CreateRange(list[b].ToArray())
    FeatureEncoder("item", fields, 3).Encode(theta, own, f64)

[<Tests>]
let tests =
    testList
        "a user's own embedding rows"
        [
            testCase "before any step they are those of the shared tables"
            <| fun () ->
                use scope = torch.NewDisposeScope()
                let theta = tables ()
                let own = OwnRows("item", fields, f64, ImmutableArray.Create(support, query))
                let rows = List.ofSeq (own.Gather theta)

                for list in [ support; query ] do
                    let encoded = own.Encode(List.toArray rows, list)

                    for b in 0 .. list.Users - 1 do
                        let expected = shared theta list b
                        let actual = encoded[b].narrow(0, 0L, int64 (list[b].Length))
                        Expect.equal (actual.shape) (expected.shape) "shape"
                        Expect.isTrue (actual.allclose (expected, 1e-12, 1e-12)) "values"

            testCase "a change of one user's row moves this user's entities alone, and gradients meet in the table"
            <| fun () ->
                use scope = torch.NewDisposeScope()
                let theta = tables ()
                let own = OwnRows("item", fields, f64, ImmutableArray.Create(support, query))
                let rows = List.ofSeq (own.Gather theta)
                // User 0 holds item 0 (token 1) in its first row; user 2 has it too.
                let moved = rows[0] + torch.zeros_like rows[0]
                moved[0, 0] <- moved[0, 0] + 1.0.ToScalar()
                // 1 where a list has an entity: padding may be anything.
                let mask = torch.tensor([| 1.0; 1.0; 0.0; 1.0; 0.0; 0.0; 1.0; 1.0; 1.0 |]).reshape(3L, 3L, 1L)
                let total = own.Encode(List.toArray rows, support)
                let change = (own.Encode([| moved; rows[1] |], support) - total) * mask

                Expect.floatClose
                    Accuracy.high
                    (change[0, 0].narrow(0, 0L, 3L).sum().item<double>())
                    3.0
                    "user 0, item 0"

                Expect.floatClose Accuracy.high (change.abs().sum().item<double>()) 3.0 "nothing else"
                (total * mask).sum().backward()
                // Items 0, 3, 1, 4, 2, 0: tokens 1, 4, 2, 5, 3, 1.
                let perToken = theta["item.id"].grad.sum(1L).data<double>().ToArray()
                Expect.equal perToken [| 0.0; 6.0; 3.0; 3.0; 3.0; 3.0 |] "each use of a row counts once"
        ]
