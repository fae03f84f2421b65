//! Those elsewhere who leave for good.
use domain::group::{Joining, Visibility};

use super::{World, world};
use crate::{actors, follows};

async fn whoever_is_gone_is_no_member_and_asks_for_nothing(w: World) {
    let open = w.group("huerto", Visibility::Restricted, Joining::Open).await;
    let shut = w.group("patio", Visibility::Public, Joining::Approval).await;
    let zoe = w.zoe;
    for group in [open, shut] {
        let uri = format!("https://far.example/follows/{group}");
        w.app.write(move |tx| follows::receive(tx, zoe, group, &uri, None)).await.unwrap();
    }
    let ties = async || {
        w.app
            .read(move |c| {
                let asks = store::groups::membership(c, shut, zoe)?.is_some();
                Ok((store::groups::count_members(c, open)?, asks))
            })
            .await
            .unwrap()
    };
    assert_eq!(ties().await, (2, true));
    w.app.write(move |tx| actors::receive_delete(tx, zoe, true)).await.unwrap();
    assert_eq!(ties().await, (1, false));
}

on_both! {
    whoever_is_gone_is_no_member_and_asks_for_nothing
}
